// The snippet of the integration guide, word for word from "Subscribe to story updates" to its last line.
// The function around it stands for the page it is pasted into, and gives it what it takes for granted.
import { createClient } from '@supabase/supabase-js';

export default function component({
  SUPABASE_URL, SUPABASE_ANON_KEY, storyId, updateProgressBar, showToast, loadStory,
}) {
const supabase = createClient(SUPABASE_URL, SUPABASE_ANON_KEY);

// Subscribe to story updates
const channel = supabase
  .channel(`story-${storyId}`)
  .on('postgres_changes', {
    event: 'UPDATE',
    schema: 'public',
    table: 'stories',
    filter: `id=eq.${storyId}`
  }, (payload) => {
    const status = payload.new.asset_generation_status;
    
    console.log('Story updated:', status);
    
    // Update UI with progress
    updateProgressBar(status);
    
    // Show toast notifications
    if (status.assets.cover?.status === 'ready') {
      showToast('Cover art ready!', 'success');
    }
    
    // Reload story when complete
    if (status.overall === 'ready') {
      showToast('Story complete! 🎉', 'success');
      loadStory(storyId);
    }
    
    // Handle errors
    if (status.overall === 'failed') {
      showToast('Story generation failed', 'error');
    }
  })
  .subscribe();

// Unsubscribe when component unmounts
return () => {
  channel.unsubscribe();
};
}
